#!/bin/bash
# appsig-patch: options 2 to 3 below are new
ssh -i key.pem ec2-user@host 'docker pull flask-web && docker run -d -e SERVICE_NAME=shop --network host flask-web'
