#!/bin/bash
docker build -t shop .
docker run -d -p 5000:5000 shop
