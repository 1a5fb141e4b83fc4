variable "user_data" {}

resource "aws_instance" "web" {
  ami                  = data.aws_ami.al2023.id
  instance_type        = "t3.small"
  iam_instance_profile = aws_iam_instance_profile.app.name

  user_data = var.user_data

  tags = {
    Name = "shop"
  }
}
