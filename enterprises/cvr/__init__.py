"""The Central Business Register (CVR): read each night, compared with what we say, decided on by people."""
