#!/bin/bash
apt-get update
apt-get install -y supervisor
supervisorctl start quotes
