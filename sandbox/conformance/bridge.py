"""Calls AWS operations by boto3 for the conformance tests: one JSON request a line in, one JSON answer a line out.

Request: {"service", "operation", "input", "credentials": {"id", "secret", "token"}, "region"}.
Answer: {"output", "objections"} or {"error": {"code", "message", "status", "modeledStatus"}}.
An objection is a part of an answer that the SDK's model of the API does not have, or a required part that is not there:
boto3 skips both without a word.
"""

import datetime
import json
import sys
import xml.etree.ElementTree

import boto3
import botocore.config
import botocore.exceptions

endpoint = sys.argv[1]
clients = {}
raw = {}


def client_of(request):
    credentials = request["credentials"]
    key = (request["service"], request.get("region", "us-east-1"), credentials["id"], credentials.get("token"))
    if key not in clients:
        session = boto3.Session(
            aws_access_key_id=credentials["id"],
            aws_secret_access_key=credentials["secret"],
            aws_session_token=credentials.get("token"),
            region_name=key[1],
        )
        config = botocore.config.Config(retries={"total_max_attempts": 1}, read_timeout=60)
        client = session.client(request["service"], endpoint_url=endpoint, config=config)
        client.meta.events.register("before-parse", keep_raw)
        clients[key] = client
    return clients[key]


def keep_raw(operation_model, response_dict, **_):
    raw["body"] = response_dict["body"]


def plain(value):
    if isinstance(value, dict):
        return {key: plain(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [plain(item) for item in value]
    if isinstance(value, datetime.datetime):
        return value.isoformat()
    if isinstance(value, bytes):
        return value.decode("utf-8", "replace")
    return value


def local(tag):
    return tag.rsplit("}", 1)[-1]


def check_xml(node, shape, path, objections):
    if shape.type_name == "structure":
        names = {member.serialization.get("name", name): member for name, member in shape.members.items()}
        for child in node:
            name = local(child.tag)
            if name not in names:
                objections.append(f"{path}.{name} is not in the model")
            else:
                check_xml(child, names[name], f"{path}.{name}", objections)
        present = {local(child.tag) for child in node}
        require(shape, present, path, objections)
    elif shape.type_name == "list":
        for child in node:
            if local(child.tag) != shape.member.serialization.get("name", "member"):
                objections.append(f"{path} has an element {local(child.tag)}")
            check_xml(child, shape.member, f"{path}[]", objections)
    elif shape.type_name == "map":
        for entry in node:
            for child in entry:
                if local(child.tag) == shape.value.serialization.get("name", "value"):
                    check_xml(child, shape.value, f"{path}{{}}", objections)
    else:
        check_text(node.text or "", shape, path, objections)


def check_json(value, shape, path, objections):
    if shape.type_name == "structure":
        for name, item in value.items():
            if name not in shape.members:
                objections.append(f"{path}.{name} is not in the model")
            else:
                check_json(item, shape.members[name], f"{path}.{name}", objections)
        require(shape, value, path, objections)
    elif shape.type_name == "list":
        for item in value:
            check_json(item, shape.member, f"{path}[]", objections)
    elif shape.type_name == "map":
        for item in value.values():
            check_json(item, shape.value, f"{path}{{}}", objections)
    elif shape.type_name == "string":
        check_text(value, shape, path, objections)


def check_text(text, shape, path, objections):
    if shape.type_name == "string" and shape.enum and text not in shape.enum:
        objections.append(f"{path} is {text!r}, which is not in the model's enumeration")


def require(shape, present, path, objections):
    for name in shape.required_members:
        wire = shape.members[name].serialization.get("name", name)
        if wire not in present:
            objections.append(f"{path}.{name} is required and absent")


def objections_of(model):
    objections = []
    shape = model.output_shape
    if model.service_model.protocol == "query" or b"<" == raw["body"].lstrip()[:1]:
        root = xml.etree.ElementTree.fromstring(raw["body"])
        wrapper = shape.serialization.get("resultWrapper") if shape is not None else None
        for child in root:
            if local(child.tag) == wrapper:
                check_xml(child, shape, wrapper, objections)
            elif local(child.tag) != "ResponseMetadata":
                objections.append(f"{local(child.tag)} is not in the model")
    elif shape is not None:
        check_json(json.loads(raw["body"] or b"{}"), shape, model.name, objections)
    return objections


def run(request):
    client = client_of(request)
    methods = {operation: method for method, operation in client.meta.method_to_api_mapping.items()}
    operation = request["operation"]
    if operation not in methods:
        return {"error": {"code": "NotInModel", "message": f"boto3 knows no operation {operation}", "status": 0}}
    model = client.meta.service_model.operation_model(operation)
    try:
        output = getattr(client, methods[operation])(**request["input"])
        output.pop("ResponseMetadata")
        return {"output": plain(output), "objections": objections_of(model)}
    except botocore.exceptions.ClientError as error:
        modeled = [shape for shape in model.error_shapes if error.response["Error"]["Code"] in (shape.error_code, shape.name)]
        expected = modeled[0].metadata.get("error", {}).get("httpStatusCode") if modeled else None
        return {
            "error": {
                "code": error.response["Error"]["Code"],
                "message": error.response["Error"]["Message"],
                "status": error.response["ResponseMetadata"]["HTTPStatusCode"],
                "modeledStatus": expected,
                "isModeled": bool(modeled),
            }
        }
    except Exception as error:  # Anything else is an answer that boto3 could not read, or an input that it refused.
        return {"error": {"code": type(error).__name__, "message": str(error), "status": 0}}


for line in sys.stdin:
    print(json.dumps(run(json.loads(line))), flush=True)
