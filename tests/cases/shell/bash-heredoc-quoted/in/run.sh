#!/bin/bash
sudo bash <<-'EOF'
	docker run -d \
		flask-web
	EOF
