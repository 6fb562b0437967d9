"""Who may do what to whose data: rules over plain data, without a store, a clock or a network."""
