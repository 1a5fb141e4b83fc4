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

    const userData = ec2.UserData.forLinux();
    userData.addCommands('yum update -y');
    userData.addCommands('yum install -y python3');
    userData.addCommands(
      'cd /opt/shop',
      'pip3 install uvicorn fastapi',
      'uvicorn main:app --host 0.0.0.0 --port 8000'
    );
    const web = new ec2.Instance(this, 'Web', {
      vpc,
      role,
      userData,
      userDataCausesReplacement: true,
      instanceType: new ec2.InstanceType('t3.small'),
      machineImage: ec2.MachineImage.latestAmazonLinux2(),
    });
  }
}
