data "aws_iam_policy_document" "agent" {
  statement {
    actions   = ["xray:PutTraceSegments", "logs:PutLogEvents"]
    resources = ["*"]
  }
}
