#!/bin/bash
docker run -d -e DD_AGENT_HOST=h flask-web
