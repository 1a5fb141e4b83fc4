#!/bin/bash
sudo -E docker --context prod container run -d flask-web
