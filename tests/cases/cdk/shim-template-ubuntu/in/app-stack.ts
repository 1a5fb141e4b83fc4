import * as cdk from 'aws-cdk-lib';
import * as ec2 from 'aws-cdk-lib/aws-ec2';
import * as iam from 'aws-cdk-lib/aws-iam';
import { Construct } from 'constructs';

export class AppStack extends cdk.Stack {
  constructor(scope: Construct, id: string, props?: cdk.StackProps) {
    super(scope, id, props);

    const vpc = ec2.Vpc.fromLookup(this, 'Vpc', { isDefault: true });
    const role = new iam.Role(this, 'AppRole', {
      assumedBy: new iam.ServicePrincipal('ec2.amazonaws.com'),
      managedPolicies: [
        iam.ManagedPolicy.fromAwsManagedPolicyName('AmazonSSMManagedInstanceCore'),
      ],
    });

    const userData = ec2.UserData.custom(`#!/bin/bash
    set -euo pipefail
    apt-get update -y
    apt-get install -y python3-venv
    cd /opt/shop
    python3 -m venv venv
    venv/bin/pip install gunicorn flask
    nohup venv/bin/gunicorn -b 0.0.0.0:${props?.env?.account} app:app > /var/log/shop.log 2>&1 &
    `);
    new ec2.Instance(this, 'Shop', {
      vpc,
      role,
      userData,
      userDataCausesReplacement: true,
      instanceType: new ec2.InstanceType('t3.small'),
      machineImage: ec2.MachineImage.lookup({
        name: 'ubuntu/images/hvm-ssd/ubuntu-jammy-22.04-amd64-server-*',
        owners: ['099720109477'],
      }),
    });
  }
}
