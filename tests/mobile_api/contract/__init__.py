"""What every adapter of `mobile_api.ports` must do; each adapter's tests run all of it."""
