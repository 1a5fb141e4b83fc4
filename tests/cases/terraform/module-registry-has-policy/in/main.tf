data "aws_ami" "al2023" {
  most_recent = true
  owners      = ["amazon"]

  filter {
    name   = "name"
    values = ["al2023-ami-*-x86_64"]
  }
}

module "shop" {
  source = "terraform-aws-modules/ec2-instance/aws"

  name                        = "shop"
  ami                         = data.aws_ami.al2023.id
  create_iam_instance_profile = true
  iam_role_policies = {
    CloudWatchAgentServerPolicy = "arn:aws:iam::aws:policy/CloudWatchAgentServerPolicy"
    AmazonSSMManagedInstanceCore = "arn:aws:iam::aws:policy/AmazonSSMManagedInstanceCore"
  }

  user_data = <<-EOF
    #!/bin/bash
    set -euo pipefail
    dnf update -y
    dnf install -y python3-pip
    cd /opt/shop
    pip3 install -r requirements.txt
    nohup python3 app.py > /var/log/shop.log 2>&1 &
  EOF
}
