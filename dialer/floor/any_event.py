"""Every event that may stand in a floor's log: what a line of it is read as."""

from __future__ import annotations

from dialer.floor import events as ev

AnyEvent = (
    ev.PoolSet
    | ev.CampaignSet
    | ev.CampaignRemoved
    | ev.LeadsOffered
    | ev.LimitsChanged
    | ev.WindowsChanged
    | ev.SwitchLost
    | ev.SwitchFound
    | ev.ClockDoubted
    | ev.DialingEnded
    | ev.Ticked
    | ev.Dispatched
    | ev.Refused
    | ev.NotPlaced
    | ev.OriginateFailed
    | ev.Rang
    | ev.PickedUp
    | ev.RouteAsked
    | ev.RouteAskedAgain
    | ev.AskerLeft
    | ev.Bridged
    | ev.Unbridged
    | ev.HungUp
    | ev.LedgerTold
    | ev.AttemptRestored
    | ev.LegParked
    | ev.LegGone
    | ev.LoggedIn
    | ev.AgentRestored
    | ev.ReadyAsked
    | ev.PauseAsked
    | ev.LogoutAsked
    | ev.HangupAsked
    | ev.CallFinished
    | ev.FinishingHinted
    | ev.CallbackOffered
    | ev.DialAsked
    | ev.CallbackDue
    | ev.PreviewDialed
    | ev.PreviewSkipped
    | ev.LegsBridged
    | ev.HoldAsked
    | ev.ResumeAsked
    | ev.ParkAsked
    | ev.PickupAsked
    | ev.TransferAsked
    | ev.ConsultAsked
    | ev.RecordingAsked
    | ev.KeysPressed
    | ev.PhoneBack
    | ev.TakenOver
    | ev.SupervisorLeft
    | ev.LegOnHold
    | ev.LegOffHold
)
