from aws_cdk import Stack
from aws_cdk import aws_ec2 as ec2
from aws_cdk import aws_iam as iam
from constructs import Construct
from aws_cdk import aws_autoscaling as autoscaling


class AppStack(Stack):
    def __init__(self, scope: Construct, construct_id: str, **kwargs) -> None:
        super().__init__(scope, construct_id, **kwargs)
        vpc = ec2.Vpc.from_lookup(self, "Vpc", is_default=True)
        data = open("./boot.sh", "rb").read()
        user_data = ec2.UserData.for_linux()
        user_data.add_commands(str(data, "utf-8"))
        autoscaling.AutoScalingGroup(
            self,
            "Group",
            vpc=vpc,
            user_data=user_data,
            machine_image=ec2.MachineImage.latest_amazon_linux2023(),
        ).role.add_managed_policy(iam.ManagedPolicy.from_aws_managed_policy_name("CloudWatchAgentServerPolicy"))
