#!/bin/bash
dnf install -y python3 tmux
cd /opt/chat
tmux new-session -d -s chat 'python3 server.py'
