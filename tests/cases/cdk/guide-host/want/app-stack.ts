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
      'dnf install -y python3-pip git',
      'git clone https://github.com/example/shop.git /opt/shop',
      'cd /opt/shop',
      'pip3 install -r requirements.txt',
      '# Install ADOT Python auto-instrumentation',
      'pip3 install aws-opentelemetry-distro',
      '# Set OpenTelemetry environment variables',
      'export OTEL_METRICS_EXPORTER=none',
      'export OTEL_LOGS_EXPORTER=none',
      'export OTEL_AWS_APPLICATION_SIGNALS_ENABLED=true',
      'export OTEL_PYTHON_DISTRO=aws_distro',
      'export OTEL_PYTHON_CONFIGURATOR=aws_configurator',
      'export OTEL_EXPORTER_OTLP_PROTOCOL=http/protobuf',
      'export OTEL_TRACES_SAMPLER=xray',
      'export OTEL_TRACES_SAMPLER_ARG=endpoint=http://localhost:2000',
      'export OTEL_AWS_APPLICATION_SIGNALS_EXPORTER_ENDPOINT=http://localhost:4316/v1/metrics',
      'export OTEL_EXPORTER_OTLP_TRACES_ENDPOINT=http://localhost:4316/v1/traces',
      'export OTEL_RESOURCE_ATTRIBUTES=service.name=Shop',
      '',
      '# Start application with ADOT instrumentation',
      'opentelemetry-instrument python3 app.py',
    );
  }
}
