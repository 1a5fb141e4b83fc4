import * as cdk from 'aws-cdk-lib';
import * as ec2 from 'aws-cdk-lib/aws-ec2';
import { Construct } from 'constructs';

export class AppStack extends cdk.Stack {
  constructor(scope: Construct, id: string, props?: cdk.StackProps) {
    super(scope, id, props);

    const vpc = ec2.Vpc.fromLookup(this, 'Vpc', { isDefault: true });
    const userData = ec2.UserData.forLinux();
    userData.addCommands(
      'dnf update -y',
      '# appsig: the CloudWatch agent',
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
      '# appsig: appsig-exec, which the app is started by',
      "command -v appsig-exec > /dev/null || echo 'appsig: appsig-exec is not on this machine: the app starts without it' >&2 || true",
      'pip3 install gunicorn flask',
      '# appsig: ADOT, which instruments the app',
      'pip3 install aws-opentelemetry-distro || true',
      'env SERVICE_NAME=shop $(command -v appsig-exec || true) gunicorn app:app',
    );
    const template = new ec2.LaunchTemplate(this, 'Template', {
      machineImage: ec2.MachineImage.latestAmazonLinux2023(),
      userData,
    });
  }
}
