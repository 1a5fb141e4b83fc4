#!/bin/bash
docker run -d --name web acme/web
