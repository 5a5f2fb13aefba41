#!/usr/bin/perl
# An SMSC by Net::SMPP (Debian's libnet-smpp-perl), which shares no code with ours nor with npm's smpp. One connection at
# a time. Takes the account roger/secret, gives each message an id in hexadecimal, and sends its receipt, which names the
# id in decimal, right after the answer. Prints one line of JSON for whatever happens; the first tells its port.
use strict;
use warnings;
use JSON::PP;
use Net::SMPP;

use constant {
    BIND_RECEIVER => 0x01, BIND_TRANSMITTER => 0x02, SUBMIT_SM => 0x04, DELIVER_SM_RESP => 0x80000005, UNBIND => 0x06,
    BIND_TRANSCEIVER => 0x09, ENQUIRE_LINK => 0x15, INVALID_PASSWORD => 0x0e, INVALID_COMMAND => 0x03,
};

$| = 1;
my $json = JSON::PP->new->canonical;
sub tell_of { print $json->encode({@_}), "\n"; return; }

my $last_id = 0x3f00;  # differs in hexadecimal and decimal

sub receipt_for {
    my ($connection, $pdu, $id) = @_;
    my $text = "id:$id sub:001 dlvrd:001 submit date:2601010000 done date:2601010001 stat:DELIVRD err:000 text:";
    $connection->deliver_sm(
        source_addr => $pdu->{destination_addr}, source_addr_ton => 1, source_addr_npi => 1,
        destination_addr => $pdu->{source_addr}, dest_addr_ton => 5, dest_addr_npi => 0,
        esm_class => 0x04, short_message => $text, async => 1);
    return;
}

my %bind_answer = (
    BIND_RECEIVER() => 'bind_receiver_resp',
    BIND_TRANSMITTER() => 'bind_transmitter_resp',
    BIND_TRANSCEIVER() => 'bind_transceiver_resp',
);

# Until the peer unbinds or is gone.
sub serve {
    my ($connection) = @_;
    while (my $pdu = $connection->read_pdu()) {
        my ($command, $seq) = ($pdu->{cmd}, $pdu->{seq});
        if (my $answer = $bind_answer{$command}) {
            my $good = $pdu->{system_id} eq 'roger' && $pdu->{password} eq 'secret';
            $connection->$answer(system_id => 'net-smpp', seq => $seq, status => $good ? 0 : INVALID_PASSWORD);
            tell_of(event => 'bind', good => $good ? JSON::PP::true : JSON::PP::false);
        } elsif ($command == SUBMIT_SM) {
            my $id = ++$last_id;
            $connection->submit_sm_resp(message_id => sprintf('%x', $id), seq => $seq);
            tell_of(event => 'submit', to => $pdu->{destination_addr}, from => $pdu->{source_addr},
                text => $pdu->{short_message}, validity => $pdu->{validity_period},
                id => sprintf('%x', $id), wants_receipt => $pdu->{registered_delivery});
            receipt_for($connection, $pdu, $id);
        } elsif ($command == DELIVER_SM_RESP) {
            tell_of(event => 'acknowledged', status => $pdu->{status});
        } elsif ($command == ENQUIRE_LINK) {
            $connection->enquire_link_resp(seq => $seq);
        } elsif ($command == UNBIND) {
            $connection->unbind_resp(seq => $seq);
            tell_of(event => 'unbind');
            last;
        } else {
            $connection->generic_nack(seq => $seq, status => INVALID_COMMAND);
            tell_of(event => 'unknown', command => $command);
        }
    }
    $connection->close();
    return;
}

my $listener = Net::SMPP->new_listen('127.0.0.1', port => 0, smpp_version => 0x34) or die "cannot listen: $!\n";
tell_of(event => 'listening', port => $listener->sockport());
while (1) {
    my $connection = $listener->accept() or next;
    $connection->set_version(0x34);
    serve($connection);
}
