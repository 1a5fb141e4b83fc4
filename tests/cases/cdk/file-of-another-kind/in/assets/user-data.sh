#!/bin/bash
dnf update -y
pip3 install gunicorn flask
gunicorn app:app
