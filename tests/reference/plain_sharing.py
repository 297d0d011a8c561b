"""What a customer of the plain model shares with firms: data, profiles, interviews, a trial of a tool, a need."""

import mesa
from plain_firm import FIXED
from plain_relation import NOBODY, single

from ecosim.draws import uniform

MOST_CONTRIBUTIONS = 65_535


def observed(error, noise):
    """Return the error variance that one more observation leaves."""
    return error * noise / (error + noise)


class Sharing(mesa.Agent):
    """The part of a customer that decides who may know what of him."""

    # -- leave

    def ask_consent(self, relation):
        """Decide anew whether a provider may write, and whether it may hold this customer's data."""
        setting, firm = self.model.setting, self.model.firms[relation.provider]
        stranger, p = setting.insight.prior_variance, setting.recovery
        worth = relation.trust * setting.experience.fit_weight
        relation.consent = int(worth * (stranger - relation.error) > self.concern * p.consent_risk)
        gain = worth * (stranger - observed(relation.error, setting.insight.data_noise))
        agrees = gain > self.risk_of_data(firm)
        if relation.shares_data and not agrees:
            relation.error = single(stranger - (1.0 - firm.custody) * (stranger - relation.error))
        relation.shares_data = agrees

    def risk_of_data(self, firm):
        """Return the risk this customer sees in what a firm knows of him; custody takes some of it away."""
        p = self.model.setting.recovery
        return self.concern * p.data_risk * (1.0 - p.custody_relief * firm.custody)

    # -- search

    def try_tools(self):
        """Try the open tools of providers considered but never bought from, where that is worth the effort."""
        model = self.model
        for relation in self.slots:
            if relation.provider == NOBODY or relation.first_week or not model.firms[relation.provider].open_tool:
                continue
            effort = model.setting.experience.tool_effort * (1.0 - self.skill)
            better = self.mismatch(model.firms[relation.provider], relation.error) - self.own_mismatch()
            if better * model.setting.experience.fit_weight > effort:
                self.try_tool(relation, effort)

    def try_tool(self, relation, effort):
        """Spend the effort: the provider comes to mind, and learns something if it may."""
        setting, counts = self.model.setting, self.model.counts
        counts["trials"][relation.provider] += 1
        counts["trial_effort"][relation.provider] += int(effort * FIXED)
        self.remind(relation.provider, setting.consideration.search_gain)
        relation.used_tool = True
        self.ask_consent(relation)
        if relation.shares_data:
            relation.error = single(observed(relation.error, setting.insight.data_noise))

    # -- intents

    def tells_need(self):
        """Return whether it is worth telling firms of a need."""
        model, p = self.model, self.model.setting
        if not model.bidders:
            return False
        held = sum(firm.custody for firm in model.bidders) / len(model.bidders)
        gain = p.choice.price_weight * self.price_sensitivity * model.intent_benefit
        return gain > p.choice.effort_weight * p.intents.effort + self.concern * (p.intents.risk * (1.0 - held))

    # -- insight

    def teach(self):
        """Let each purchase tell the firm something: its record, a story or profile, an interview."""
        for purchase in self.purchases:
            relation = self.known.get(purchase.provider)
            if relation:
                error = self.leave_record(purchase, relation, relation.error)
                error = self.show_profile(purchase, relation, error)
                relation.error = single(self.be_interviewed(purchase, relation, error))

    def leave_record(self, purchase, relation, error):
        """Leave the record of a purchase, if it is used; return what error is left."""
        firm = self.model.firms[purchase.provider]
        chance = firm.observing if relation.shares_data else firm.observing * (1.0 - firm.custody)
        if chance < 1.0 and uniform(self.key("insight.record"), purchase.index) >= chance:
            return error
        self.model.counts["recorded"][firm.row] += 1
        return observed(error, self.model.setting.insight.data_noise)

    def show_profile(self, purchase, relation, error):
        """Tell a story or share a profile, which may be read; return what error is left."""
        firm, counts = self.model.firms[purchase.provider], self.model.counts
        if not relation.shares_data and purchase.story is None:
            return error
        counts["readable"][firm.row] += 1
        if not firm.reading or uniform(self.key("insight.read"), purchase.index) >= firm.reading:
            return error
        counts["profiles_read"][firm.row] += 1
        return observed(error, self.model.setting.insight.profile_noise)

    def be_interviewed(self, purchase, relation, error):
        """Be asked for an interview, perhaps, and give one, perhaps; return what error is left."""
        firm, counts = self.model.firms[purchase.provider], self.model.counts
        if not firm.inviting or uniform(self.key("insight.invite"), purchase.index) >= firm.inviting:
            return error
        counts["invitations"][firm.row] += 1
        after = observed(error, self.model.setting.insight.interview_noise)
        relation.takes_part = self.is_willing(firm, error - after)
        if not relation.takes_part:
            return error
        counts["interviews"][firm.row] += 1
        self.contributed = min(self.contributed + 1, MOST_CONTRIBUTIONS)
        return after

    def is_willing(self, firm, learnt):
        """Return whether taking part brings this customer more than it costs him."""
        setting, p = self.model.setting, self.model.setting.participation
        fit = setting.experience.fit_weight * firm.personal * learnt
        gain = fit + p.prize * firm.levers.innovation.share + p.talk_value * self.talk
        effort = p.effort * (1.0 - self.skill) + self.risk_of_data(firm)
        return gain > effort + p.paperwork * firm.levers.innovation.governance
