"""What every room of the house uses: study, instrument, tables, values, job."""
