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

resource "aws_instance" "web" {
  ami                  = data.aws_ami.al2023.id
  instance_type        = "t3.small"
  iam_instance_profile = aws_iam_instance_profile.app.name

  user_data = <<-EOF
    #!/bin/bash
    set -euo pipefail
    dnf update -y
    dnf install -y python3-pip
    cd /opt/shop
    pip3 install -r requirements.txt
    nohup python3 app.py > /var/log/shop.log 2>&1 &
  EOF

  tags = {
    Name = "shop"
  }
}

resource "aws_instance" "worker" {
  ami                  = data.aws_ami.al2023.id
  instance_type        = "t3.small"
  iam_instance_profile = aws_iam_instance_profile.app.name

  user_data = <<-EOF
    #!/bin/bash
    set -euo pipefail
    dnf update -y
    dnf install -y python3-pip
    cd /opt/shop
    pip3 install -r requirements.txt
    nohup python3 worker.py "x > /var/log/shop.log 2>&1 &
  EOF

  tags = {
    Name = "worker"
  }
}
