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

variable "ami" {
  description = "an Amazon Linux 2023 AMI (al2023)"
  default     = "ami-0123456789abcdef0"
}

resource "aws_instance" "web" {
  ami                  = var.ami
  instance_type        = "t3.small"
  iam_instance_profile = aws_iam_instance_profile.app.name

  user_data = <<-EOF
    #!/bin/bash
    pip3 install flask
    cd /opt/shop && nohup python3 app.py &
  EOF

  tags = {
    Name = "shop"
  }
}
