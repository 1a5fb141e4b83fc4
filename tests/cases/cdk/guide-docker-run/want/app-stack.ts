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

    instance.userData.addCommands(
      'dnf update -y',
      'dnf install -y amazon-cloudwatch-agent',
      '# Create CloudWatch Agent configuration for Application Signals',
      "cat > /opt/aws/amazon-cloudwatch-agent/etc/amazon-cloudwatch-agent.json << 'EOF'",
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
      '',
      '# Start CloudWatch Agent with Application Signals configuration',
      '/opt/aws/amazon-cloudwatch-agent/bin/amazon-cloudwatch-agent-ctl \\',
      '  -a fetch-config \\',
      '  -m ec2 \\',
      '  -s \\',
      '  -c file:/opt/aws/amazon-cloudwatch-agent/etc/amazon-cloudwatch-agent.json',
      'dnf install -y docker',
      'systemctl start docker',
      `docker run -d --name shop \\`,
      `  -p 8000:8000 \\`,
      `  -e PORT=8000 \\`,
      `  -e SERVICE_NAME=shop \\`,
      `  -e OTEL_METRICS_EXPORTER=none \\`,
      `  -e OTEL_LOGS_EXPORTER=none \\`,
      `  -e OTEL_AWS_APPLICATION_SIGNALS_ENABLED=true \\`,
      `  -e OTEL_PYTHON_DISTRO=aws_distro \\`,
      `  -e OTEL_PYTHON_CONFIGURATOR=aws_configurator \\`,
      `  -e OTEL_EXPORTER_OTLP_PROTOCOL=http/protobuf \\`,
      `  -e OTEL_TRACES_SAMPLER=xray \\`,
      `  -e OTEL_TRACES_SAMPLER_ARG=endpoint=http://localhost:2000 \\`,
      `  -e OTEL_AWS_APPLICATION_SIGNALS_EXPORTER_ENDPOINT=http://localhost:4316/v1/metrics \\`,
      `  -e OTEL_EXPORTER_OTLP_TRACES_ENDPOINT=http://localhost:4316/v1/traces \\`,
      `  -e OTEL_RESOURCE_ATTRIBUTES=service.name=shop \\`,
      `  --network host \\`,
      `  123456789012.dkr.ecr.us-east-1.amazonaws.com/shop:latest`,
    );
  }
}
