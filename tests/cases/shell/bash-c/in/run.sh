#!/bin/bash
bash -c "docker run -d flask-web"
