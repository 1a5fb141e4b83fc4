#!/bin/bash
cd /opt/quotes
venv/bin/gunicorn -D app:app
