#!/bin/bash
ssh host <<EOF
  docker run -d \\
    flask-web
EOF
