const cdk = require('aws-cdk-lib');
const ec2 = require('aws-cdk-lib/aws-ec2');

class AppStack extends cdk.Stack {
  constructor(scope, id, props) {
    super(scope, id, props);
    const instance = new ec2.Instance(this, 'Shop', {
      vpc: ec2.Vpc.fromLookup(this, 'Vpc', { isDefault: true }),
      instanceType: new ec2.InstanceType('t3.small'),
      machineImage: ec2.MachineImage.latestAmazonLinux2023(),
    });
    instance.userData.addCommands(
      'dnf update -y',
      'pip3 install gunicorn flask',
      'gunicorn app:app',
    );
  }
}

module.exports = { AppStack };
