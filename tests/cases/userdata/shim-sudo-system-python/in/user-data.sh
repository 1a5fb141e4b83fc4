#!/bin/bash
set -e
sudo apt-get update -y && sudo apt-get install -y python3-flask
sudo -u ubuntu python3 /home/ubuntu/app.py
