"""Calls the API by a client that openapi-python-client generated as the package `muster_client`, and prints the results as JSON."""

import importlib
import json
import pkgutil
import sys

import muster_client
from muster_client import AuthenticatedClient
from muster_client.api.access import create_api_key, revoke_api_key
from muster_client.api.clouds import list_clouds
from muster_client.api.delegation_requests import (
    cancel_delegation_request,
    create_delegation_request,
    get_delegation_request,
    list_delegation_requests,
)
from muster_client.api.organizations import change_organization, create_organization, get_sync, list_syncs
from muster_client.models import NewApiKey, NewDelegationRequest, NewOrganization, OrganizationChange, Problem, Sync

# Every module of the client is imported, not only those that are used here.
modules = [module.name for module in pkgutil.walk_packages(muster_client.__path__, "muster_client.")]
for name in modules:
    importlib.import_module(name)

given = json.loads(sys.argv[1])
client = AuthenticatedClient(base_url=given["apiUrl"], token=given["apiKey"])


def made(answer):
    """The parsed body of a successful call."""
    if answer is None or isinstance(answer, Problem):
        raise SystemExit(f"{answer}")
    return answer


body = {"nickname": f"Client {given['tag']}", "scope": "account", "accountId": given["accountId"]}
body |= {"roleName": "MusterHarvesting", "acknowledged": True}
request = made(create_delegation_request.sync(client=client, body=NewDelegationRequest.from_dict(body)))
read = made(get_delegation_request.sync(request.id, client=client))
listed = made(list_delegation_requests.sync(client=client, search=given["accountId"]))
cancelled = made(cancel_delegation_request.sync(request.id, client=client))

added = made(create_organization.sync(client=client, body=NewOrganization.from_dict(given["organization"])))
assert isinstance(added.last_sync, Sync)
sync = made(get_sync.sync(added.last_sync.id, client=client))
changed = made(change_organization.sync(added.id, client=client, body=OrganizationChange(nickname=f"Renamed {given['tag']}")))
syncs = made(list_syncs.sync(added.id, client=client, limit=5))
clouds = made(list_clouds.sync(client=client, limit=1))
key = made(create_api_key.sync(client=client, body=NewApiKey.from_dict({"name": f"Client {given['tag']}", "role": "viewer"})))
revoked = revoke_api_key.sync_detailed(key.id, client=client)

print(
    json.dumps(
        {
            "modules": len(modules),
            "request": str(request.id),
            "phase": read.phase.value,
            "timeline": len(read.timeline) > 0,
            "listed": [str(item.id) for item in listed.items],
            "cancelled": cancelled.phase.value,
            "kind": sync.kind.value,
            "nickname": changed.nickname,
            "syncs": sync.id in [item.id for item in syncs.items],
            "total": type(clouds.total).__name__,
            "role": key.role.value,
            "revoked": revoked.status_code,
        }
    )
)
