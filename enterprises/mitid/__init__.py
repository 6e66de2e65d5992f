"""MitID Erhverv: whoever logs in for a company may edit the enterprise that has its CVR number."""
