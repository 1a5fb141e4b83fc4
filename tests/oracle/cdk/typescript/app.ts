// An app as a reader of the guide has one: a row of machines, each with its user data in another form.
import * as cdk from 'aws-cdk-lib';
import * as autoscaling from 'aws-cdk-lib/aws-autoscaling';
import * as ec2 from 'aws-cdk-lib/aws-ec2';
import * as iam from 'aws-cdk-lib/aws-iam';
import * as fs from 'fs';
import * as path from 'path';

const config = { port: 8000, image: 'example/shop:latest' };

class AppStack extends cdk.Stack {
  constructor(scope: cdk.App, id: string) {
    super(scope, id);

    const vpc = new ec2.Vpc(this, 'Vpc', { maxAzs: 1, natGateways: 0 });
    const instanceType = new ec2.InstanceType('t3.small');
    const machineImage = ec2.MachineImage.latestAmazonLinux2023();

    const role = new iam.Role(this, 'AppRole', {
      assumedBy: new iam.ServicePrincipal('ec2.amazonaws.com'),
      managedPolicies: [
        iam.ManagedPolicy.fromAwsManagedPolicyName('AmazonSSMManagedInstanceCore'),
      ],
    });

    const host = new ec2.Instance(this, 'Host', { vpc, instanceType, machineImage, role });
    host.userData.addCommands(
      'set -euo pipefail',
      'dnf update -y', // the system first
      "echo 'it is up to date'",
      'cd /opt/shop',
      'pip3 install flask gunicorn',
      'gunicorn -b 0.0.0.0:8000 app:app &' // and then the app
    );

    const container = new ec2.Instance(this, 'Container', {
      vpc,
      instanceType,
      machineImage,
      userDataCausesReplacement: true,
    });
    container.addUserData(
      'dnf update -y',
      'dnf install -y docker',
      'systemctl start docker',
      `docker run -d --name shop --network host \\`,
      `  -p ${config.port}:${config.port} \\`,
      `  ${this.account}.dkr.ecr.${this.region}.amazonaws.com/${config.image}`,
    );

    const script = `#!/bin/bash
apt-get update -y
cd /opt/stock
python3 -m venv venv
venv/bin/pip install "uvicorn" fastapi
STAGE=\${STAGE:-${id}} nohup venv/bin/uvicorn main:app --port ${config.port} > /var/log/stock.log 2>&1 &
`;
    new ec2.Instance(this, 'Template', {
      vpc,
      instanceType,
      machineImage: ec2.MachineImage.fromSsmParameter(
        '/aws/service/canonical/ubuntu/server/22.04/stable/current/amd64/hvm/ebs-gp2/ami-id',
      ),
      userData: ec2.UserData.custom(script),
    });

    const commands = ['yum update -y', 'cd /opt/orders'];
    commands.push('pip3 install flask', 'flask run --host 0.0.0.0 &');
    const userData = ec2.UserData.forLinux();
    userData.addCommands(...commands);
    const template = new ec2.LaunchTemplate(this, 'LaunchTemplate', {
      instanceType,
      machineImage: ec2.MachineImage.latestAmazonLinux2(),
      role: new iam.Role(this, 'TemplateRole', { assumedBy: new iam.ServicePrincipal('ec2.amazonaws.com') }),
      userData,
    });
    new autoscaling.AutoScalingGroup(this, 'TemplateGroup', { vpc, launchTemplate: template });

    const group = new autoscaling.AutoScalingGroup(this, 'Group', { vpc, instanceType, machineImage });
    group.addUserData(
      'dnf update -y\n' +
      'cd /opt/mail\n' +
      'python3 worker.py &\n',
    );

    new ec2.Instance(this, 'File', {
      vpc,
      instanceType,
      machineImage,
      userData: ec2.UserData.custom(fs.readFileSync(path.join(__dirname, 'boot.sh'), 'utf8')),
    });

    const gate = new ec2.Instance(this, 'Gate', { vpc, instanceType, machineImage });
    gate.addUserData('sysctl -w net.ipv4.ip_forward=1');
  }
}

const app = new cdk.App();
new AppStack(app, 'AppStack');
