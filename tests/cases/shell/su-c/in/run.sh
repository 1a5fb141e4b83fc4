#!/bin/bash
su - app -c 'docker run -d flask-web'
