from aws_cdk import aws_ec2 as ec2
ec2.Instance(
