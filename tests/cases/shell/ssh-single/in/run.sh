#!/bin/bash
ssh -i key.pem ec2-user@host 'docker pull flask-web && docker run -d flask-web'
