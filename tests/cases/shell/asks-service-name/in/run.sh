#!/bin/bash
docker run -d --name web -p 5000:5000 flask-shop:1
