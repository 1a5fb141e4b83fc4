#!/bin/bash
podman run -d flask-web
