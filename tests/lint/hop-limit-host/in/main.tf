resource "aws_instance" "web" {
  ami           = "ami-1"
  instance_type = "t3.micro"
  metadata_options {
    http_tokens                 = "required"
    http_put_response_hop_limit = 1
  }
  user_data = <<-EOF
    #!/bin/bash
    docker run -d --name shop --network host shop:1
  EOF
}
