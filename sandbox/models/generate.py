"""Writes the constraints of AWS's API models for the operations that the sandbox answers, one JSON file a service.

The models are those of botocore (Apache-2.0, Copyright Amazon.com, Inc. or its affiliates; see NOTICE.md): which members an
input may have, which must be there, their lengths, ranges, patterns and enumerations, and which answers have a result
element. `generate.py --check` writes nothing and fails when a file is not what the models say.

Standard input: {"<sandbox service>": {"model": "<botocore service>", "operations": ["…"]}}.
"""

import json
import pathlib
import sys

import botocore
import botocore.loaders
import botocore.model

here = pathlib.Path(__file__).parent
loader = botocore.loaders.Loader()


def describe(shape, shapes):
    """Adds a shape, and all that it is made of, by its name."""
    if shape.name in shapes:
        return shape.name
    entry = shapes[shape.name] = {"type": shape.type_name}
    for name in ("min", "max", "pattern"):
        if name in shape.metadata:
            entry[name] = shape.metadata[name]
    if getattr(shape, "enum", None):
        entry["enum"] = list(shape.enum)
    if shape.type_name == "structure":
        entry["members"] = {name: describe(member, shapes) for name, member in shape.members.items()}
        if shape.required_members:
            entry["required"] = list(shape.required_members)
    elif shape.type_name == "list":
        entry["member"] = describe(shape.member, shapes)
    elif shape.type_name == "map":
        entry["key"] = describe(shape.key, shapes)
        entry["value"] = describe(shape.value, shapes)
    return shape.name


def constraints(model_name, names):
    model = botocore.model.ServiceModel(loader.load_service_model(model_name, "service-2"), model_name)
    shapes = {}
    operations = {}
    for name in sorted(names):
        operation = model.operation_model(name)
        entry = operations[name] = {}
        if operation.input_shape is not None:
            entry["input"] = describe(operation.input_shape, shapes)
        if operation.output_shape is not None:
            entry["hasResult"] = True
    return {"source": f"botocore {botocore.__version__}, {model_name}", "operations": operations, "shapes": dict(sorted(shapes.items()))}


stale = []
for service, asked in json.load(sys.stdin).items():
    file = here / f"{service}.json"
    made = constraints(asked["model"], asked["operations"])
    if "--check" not in sys.argv:
        file.write_text(json.dumps(made, indent=2, ensure_ascii=True) + "\n")
    elif not file.exists() or json.loads(file.read_text()) != made:
        stale.append(file.name)
if stale:
    sys.exit(f"Not what the models say: {', '.join(stale)}. Run `npm run models -w @muster/aws-sandbox`.")
