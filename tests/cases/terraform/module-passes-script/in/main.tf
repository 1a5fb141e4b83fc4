data "aws_ami" "al2023" {
  most_recent = true
  owners      = ["amazon"]

  filter {
    name   = "name"
    values = ["al2023-ami-*-x86_64"]
  }
}

module "shop" {
  source = "./modules/host"

  name      = "shop"
  ami       = data.aws_ami.al2023.id
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
