#!/bin/bash
sudo bash <<-'EOF'
	# appsig-patch: options 2 to 3 below are new
	docker run -d \
		-e SERVICE_NAME=shop \
		--network host \
		flask-web
	EOF
