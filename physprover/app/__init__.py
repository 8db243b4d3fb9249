"""The only code that joins the stages: commands, pipeline, doctor and lab."""
