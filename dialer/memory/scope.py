"""The facts of rows in memory, of which a scope decides."""

from __future__ import annotations

from dialer.memory.tables import Call, Tables
from dialer.ports.scope import OfCall, OfLead, OfPool
from dialer.ports.store import Campaign, Lead


def of_campaign(campaign: Campaign) -> OfPool:
    return OfPool(campaign.pool, campaign.name)


def of_call(tables: Tables, call: Call) -> OfCall:
    campaign = tables.campaigns[call.new.campaign_id]
    agent = call.closed.agent if call.closed else None
    return OfCall(campaign.pool, agent, campaign.name)


def of_lead(tables: Tables, lead: Lead) -> OfLead:
    campaign = tables.campaigns[lead.campaign_id]
    calls = [call for call in tables.calls.values() if call.new.lead_id == lead.id]
    to_come = (it for it in tables.callbacks.values() if it.lead_id == lead.id)
    callback = next((it for it in to_come if it.result is None), None)
    return OfLead(
        lead=lead.id,
        pool=campaign.pool,
        campaign=campaign.name,
        owner=lead.owner,
        promised=(callback.owner or callback.made_by) if callback else None,
        talked={it.closed.agent for it in calls if it.closed and it.closed.agent},
    )
