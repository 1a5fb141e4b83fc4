#!/bin/bash
yum update -y
yum install -y java-17 
java -jar /opt/app.jar &
