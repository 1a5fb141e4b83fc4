resource "aws_instance" "web" {
  user_data = <<-EOF
    #!/bin/bash
    python3 app.py
