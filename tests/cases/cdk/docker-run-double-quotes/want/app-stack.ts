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
        iam.ManagedPolicy.fromAwsManagedPolicyName('CloudWatchAgentServerPolicy'),
        iam.ManagedPolicy.fromAwsManagedPolicyName('AmazonSSMManagedInstanceCore'),
      ],
    });

    const instance = new ec2.Instance(this, 'Shop', {
      vpc,
      role,
      instanceType: new ec2.InstanceType('t3.small'),
      machineImage: ec2.MachineImage.latestAmazonLinux2023(),
    });

    instance.userData.addCommands('# appsig: the CloudWatch agent',
      'dnf install -y amazon-cloudwatch-agent || true',
      '# appsig: its configuration for Application Signals',
      "cat > /opt/aws/amazon-cloudwatch-agent/etc/amazon-cloudwatch-agent.json << 'EOF' || true",
      '{',
      '  "traces": {',
      '    "traces_collected": {',
      '      "application_signals": {}',
      '    }',
      '  },',
      '  "logs": {',
      '    "metrics_collected": {',
      '      "application_signals": {}',
      '    }',
      '  }',
      '}',
      'EOF',
      '/opt/aws/amazon-cloudwatch-agent/bin/amazon-cloudwatch-agent-ctl -a fetch-config -m ec2 -s -c file:/opt/aws/amazon-cloudwatch-agent/etc/amazon-cloudwatch-agent.json || true',
      'dnf install -y docker', 'docker run -d --name cache redis:7',
      '# appsig-patch: options 4 to 5 below are new');
    instance.userData.addCommands("docker run -d --name shop -p 8000:8000 -e SERVICE_NAME=shop --network host example/shop:1");
  }
}
