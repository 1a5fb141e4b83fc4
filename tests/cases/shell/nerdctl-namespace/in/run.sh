#!/bin/bash
sudo nerdctl -n k8s.io run -d flask-web
