// The OEE panel's part of the English texts.
export const en_oee = {
  "oee.title": "OEE",
  "oee.label": "OEE of {name}",
  "oee.no_evidence": "not enough evidence",
  "oee.availability": "Availability",
  "oee.performance": "Performance",
  "oee.quality": "Quality",
  "oee.losses": "Losses, largest first",
  "oee.speed_loss": "Slow running and short stops",
  "oee.quality_loss": "Rejected parts",
  "oee.scheduled": "scheduled {time}",
  "oee.evidence": "good states {share}",
  "oee.how_availability": "production {production} of {busy} busy",
  "oee.how_performance": "{parts} parts at an ideal {cycle} s",
  "oee.how_quality": "{rejects} of {parts} parts rejected",
  "oee.failed": "OEE could not be computed",
} as const;
