#!/bin/bash
apt update
cd /home/ubuntu/notes
source env/bin/activate
pip install -r requirements.txt
screen -dmS notes python app.py
