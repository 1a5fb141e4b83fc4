data "aws_ami" "al2023" {
  most_recent = true
  owners      = ["amazon"]

  filter {
    name   = "name"
    values = ["al2023-ami-*-x86_64"]
  }
}

resource "aws_iam_role" "app" {
  name               = "app"
  assume_role_policy = data.aws_iam_policy_document.assume.json
}

resource "aws_iam_instance_profile" "app" {
  name = "app"
  role = aws_iam_role.app.name
}

resource "aws_iam_role_policy_attachment" "agent" {
  role       = aws_iam_role.app.name
  policy_arn = "arn:aws:iam::aws:policy/CloudWatchAgentServerPolicy"
}

resource "aws_instance" "web" {
  ami                  = data.aws_ami.al2023.id
  instance_type        = "t3.small"
  iam_instance_profile = aws_iam_instance_profile.app.name

  user_data = <<EOF
#cloud-config
packages:
  - python3-pip
runcmd:
  - |
    # appsig: the CloudWatch agent
    dnf install -y amazon-cloudwatch-agent || true
  - |
    # appsig: its configuration for Application Signals
    cat > /opt/aws/amazon-cloudwatch-agent/etc/amazon-cloudwatch-agent.json << 'AGENT_CONFIG' || true
    {
      "traces": {
        "traces_collected": {
          "application_signals": {}
        }
      },
      "logs": {
        "metrics_collected": {
          "application_signals": {}
        }
      }
    }
    AGENT_CONFIG
    /opt/aws/amazon-cloudwatch-agent/bin/amazon-cloudwatch-agent-ctl -a fetch-config -m ec2 -s -c file:/opt/aws/amazon-cloudwatch-agent/etc/amazon-cloudwatch-agent.json || true
  - |
    # appsig: appsig-exec, which the app is started by
    command -v appsig-exec > /dev/null || echo 'appsig: appsig-exec is not on this machine: the app starts without it' >&2 || true
  - pip3 install flask
  - |
    # appsig: ADOT, which instruments the app
    pip3 install aws-opentelemetry-distro || true
  - cd /opt/shop && nohup env SERVICE_NAME=shop $(command -v appsig-exec || true) python3 app.py &
EOF

  tags = {
    Name = "shop"
  }
}
