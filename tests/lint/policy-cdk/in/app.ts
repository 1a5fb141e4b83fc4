import * as ec2 from 'aws-cdk-lib/aws-ec2';
import * as iam from 'aws-cdk-lib/aws-iam';

const instance = new ec2.Instance(this, 'Web', { vpc });
instance.role.addToPrincipalPolicy(new iam.PolicyStatement({
  actions: ['xray:PutTraceSegments'],
  resources: ['*'],
}));
